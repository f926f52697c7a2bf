/* SPDX-License-Identifier: ISC */
/* The links of the files named on standard input, by gumbo, for links.sh. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gumbo.h>

static void
print_links(const GumboNode *node)
{
	const GumboElement *element = &node->v.element;
	const GumboAttribute *href;

	if (node->type != GUMBO_NODE_ELEMENT)
		return;
	href = gumbo_get_attribute(&element->attributes, "href");
	if (href != NULL &&
	    (element->tag == GUMBO_TAG_A || element->tag == GUMBO_TAG_AREA))
		puts(href->value);
	for (unsigned i = 0; i < element->children.length; i++)
		print_links(element->children.data[i]);
}

static void
parse(const char *page, size_t len)
{
	GumboOutput *tree = gumbo_parse_with_options(&kGumboDefaultOptions, page, len);

	print_links(tree->root);
	gumbo_destroy_output(&kGumboDefaultOptions, tree);
}

int
main(void)
{
	static char name[4096], page[16 << 20];

	while (fgets(name, sizeof(name), stdin) != NULL) {
		FILE *file;

		name[strcspn(name, "\n")] = '\0';
		file = fopen(name, "r");
		if (file == NULL) {
			perror(name);
			return EXIT_FAILURE;
		}
		parse(page, fread(page, 1, sizeof(page), file));
		fclose(file);
	}
	return EXIT_SUCCESS;
}
