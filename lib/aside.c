/* SPDX-License-Identifier: ISC */
#include "aside.h"

const struct aside_limits aside_limits = {
	.buffered = 16 << 20, .retained = 64 << 20, .input = 64 << 20
};
