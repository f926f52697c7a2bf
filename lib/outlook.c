/* SPDX-License-Identifier: ISC */
#include "outlook.h"

enum { SLOWEST = 10, /* a rate below this part of the mean tells nothing */ ERRORS = 2 };

void
outlook_begin(struct outlook *outlook, uint64_t now, uint64_t done)
{
	*outlook = (struct outlook){
		.at = { now }, .done = { done }, .marks = 1, .span = OUTLOOK_FIRST
	};
}

bool
outlook_is_due(const struct outlook *outlook, uint64_t now)
{
	return now - outlook->at[outlook->marks - 1] >= outlook->span;
}

/* Two windows are one from now on. */
static void
halve(struct outlook *outlook)
{
	size_t kept = 0;

	for (size_t i = 0; i < outlook->marks; i += 2, kept++) {
		outlook->at[kept] = outlook->at[i];
		outlook->done[kept] = outlook->done[i];
	}
	outlook->marks = kept;
	outlook->span *= 2;
}

void
outlook_mark(struct outlook *outlook, uint64_t now, uint64_t done)
{
	if (!outlook_is_due(outlook, now))
		return;
	if (outlook->marks == OUTLOOK_WINDOWS + 1)
		halve(outlook);
	outlook->at[outlook->marks] = now;
	outlook->done[outlook->marks++] = done;
}

/* Near enough: Newton's way, which needs no library. */
static double
root(double square)
{
	double guess = square > 1 ? square : 1;

	if (square <= 0)
		return 0;
	for (int i = 0; i < 200 && guess * guess > square * 1.0001; i++)
		guess = (guess + square / guess) / 2;
	return guess;
}

/* Its standard error, of a mean rate in a ms, each window by its length. */
static double
error_of(const struct outlook *outlook, double mean)
{
	size_t last = outlook->marks - 1;
	double sum = 0, whole = (double)(outlook->at[last] - outlook->at[0]);

	for (size_t i = 0; i < last; i++) {
		double took = (double)(outlook->at[i + 1] - outlook->at[i]);
		double off =
		    (double)(outlook->done[i + 1] - outlook->done[i]) / took - mean;

		sum += off * off * took;
	}
	return root(sum / whole / (double)(last - 1));
}

bool
outlook_left(const struct outlook *outlook, uint64_t rest, struct outlook_left *left)
{
	size_t last = outlook->marks - 1;
	double mean, error;

	if (last < OUTLOOK_LEAST || outlook->done[last] <= outlook->done[0])
		return false;
	mean = (double)(outlook->done[last] - outlook->done[0]) /
	    (double)(outlook->at[last] - outlook->at[0]);
	error = ERRORS * error_of(outlook, mean);
	left->open = mean - error < mean / SLOWEST;
	left->least = (uint64_t)((double)rest / (mean + error) / 1000 + 0.5);
	left->most = left->open ? UINT64_MAX
				: (uint64_t)((double)rest / (mean - error) / 1000 + 0.5);
	return true;
}
