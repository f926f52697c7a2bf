/* SPDX-License-Identifier: ISC */
/*
 * figures - numbers in few columns.
 */
#ifndef PAR_TOP_FIGURES_H
#define PAR_TOP_FIGURES_H

enum { FIGURE = 24 /* bytes of the longest, with its NUL */ };

/* At most 6 columns: 99999, 123k, 4.5M. */
void figures_count(char text[static FIGURE], double count);

/* At most 6: 0.25, 3.4, 120, 12k. */
void figures_rate(char text[static FIGURE], double rate);

/* At most 8: 0.5s, 12s, 3:20, 2:05:00, 3d04h. */
void figures_time(char text[static FIGURE], double seconds);

#endif
