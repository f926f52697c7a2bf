warn("%llu old records lost", lost);
