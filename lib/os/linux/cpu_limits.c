/* SPDX-License-Identifier: ISC */
#include <sched.h>
#include <stdlib.h>

#include "control_group.h"
#include "cpu_limits.h"

unsigned
cpu_limits_mask(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 0;
	return (unsigned)CPU_COUNT(&set);
}

/* Processors that quota of period microseconds makes, rounded up; 0: no limit. */
static unsigned
share(long long quota, long long period)
{
	if (quota <= 0 || period <= 0)
		return 0;
	return (unsigned)((quota + period - 1) / period);
}

/* Numbers that a file of a control group has, and how many there were. */
struct numbers {
	long long list[2];
	int count;
};

static struct numbers
read_numbers(const struct control_group *group, const char *name)
{
	char line[64] = "", *at = line, *end;
	struct numbers got = { .count = 0 };

	control_group_read(group, name, line, sizeof(line));
	while (got.count < 2) {
		got.list[got.count] = strtoll(at, &end, 10);
		if (end == at)
			break;
		at = end;
		got.count++;
	}
	return got;
}

/* The limit of one control group, of version 1 or 2; 0: none. */
static unsigned
group_limit(const struct control_group *group, int version)
{
	struct numbers max, quota, period;

	if (version == 2) {
		max = read_numbers(group, "cpu.max");
		return max.count < 2 ? 0 : share(max.list[0], max.list[1]);
	}
	quota = read_numbers(group, "cpu.cfs_quota_us");
	if (quota.count == 0 || quota.list[0] <= 0)
		return 0;
	period = read_numbers(group, "cpu.cfs_period_us");
	return period.count == 0 ? 0 : share(quota.list[0], period.list[0]);
}

/* The least one of our group and those above it, in both trees. */
unsigned
cpu_limits_quota(void)
{
	struct control_group group;
	unsigned least = 0;

	for (int version = 1; version <= 2; version++) {
		if (control_group_find(&group, version, "cpu") < 0)
			continue;
		do {
			unsigned limit = group_limit(&group, version);

			if (limit != 0 && (least == 0 || limit < least))
				least = limit;
		} while (control_group_up(&group) == 0);
	}
	return least;
}
