/* SPDX-License-Identifier: ISC */
/*
 * xml - the elements of a page of XHTML, by the rules of XML: names as they are written,
 * in namespaces.
 */
#ifndef PAR_LINKS_XML_H
#define PAR_LINKS_XML_H

#include "build.h"

/*
 * As build_page(), for XHTML: what is in templates is left out, too.  What is not well
 * formed is no error, and a page that declares no namespace is taken for XHTML.
 */
void build_xml(struct build *build, const char *page, size_t len, const bool *wanted);

#endif
