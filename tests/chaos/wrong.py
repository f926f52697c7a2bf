# SPDX-License-Identifier: ISC
"""What a tormentor says when something was not as promised."""


class Wrong(Exception):
    """A promise that was not kept."""
