warn("%llu record%s lost", lost, plural(lost, "", "s"));
