/* SPDX-License-Identifier: ISC */
/*
 * par-report(1) - what a run did, from what it left: as a page, a picture or text.
 * README lists its files, lowest layer first.
 */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "diag.h"
#include "fdio.h"
#include "logs.h"
#include "need.h"
#include "num.h"
#include "opt.h"
#include "picture.h"
#include "plain_text.h"
#include "record.h"
#include "report_page.h"
#include "sig.h"

enum { USUAL_COLUMNS = 80, LEAST_COLUMNS = 40, MOST_COLUMNS = 240 };

/* What the options ask, some of which do not go together. */
struct report_command {
	struct report_plan plan;
	bool html, svg, text;
};

static void
list_options(struct report_command *command, struct opt_table *table)
{
	struct report_plan *plan = &command->plan;
	const struct opt rows[] = {
		{ .help = "What is written" },
		{ 0, "html", OPT_FLAG, .flag = &command->html, NULL,
		    "write a page, on a terminal, too", 0, 0, NULL },
		{ 0, "svg", OPT_FLAG, .flag = &command->svg, NULL,
		    "write the picture of workers alone", 0, 0, NULL },
		{ 0, "text", OPT_FLAG, .flag = &command->text, NULL,
		    "write text, as on a terminal", 0, 0, NULL },
		{ 'o', "output", OPT_STRING, .text = &plan->output, "FILE",
		    "write to FILE, not to standard output", 0, 0, NULL },
		{ .help = "What is shown" },
		{ 0, "title", OPT_STRING, .text = &plan->title, "TEXT",
		    "call it TEXT (default the names of the files)", 0, 0, NULL },
		{ 0, "slowest", OPT_NUMBER, .number = &plan->slowest, "N",
		    "show the N slowest records (default 20)", 0, 10000, NULL },
		{ 0, "failures", OPT_NUMBER, .number = &plan->failures, "N",
		    "show the first N records that failed (default 100)", 0, 10000,
		    NULL },
		{ .help = "Input" },
		{ 0, "max-record", OPT_SIZE, .number = &plan->max_record, "SIZE",
		    "name and pass over lines longer than SIZE (default 64M)", 1, 1 << 30,
		    NULL },
		{ 0, "wait", OPT_DURATION, .number = &plan->wait_ms, "TIME",
		    "give up FIFOs without another end after TIME (default never)", 1, 0,
		    NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

/* A page is of no use on a terminal, and text is: so that is the default there. */
static void
choose_form(struct report_command *command)
{
	struct report_plan *plan = &command->plan;
	bool terminal = plan->output == NULL && isatty(STDOUT_FILENO);

	if (command->html + command->svg + command->text > 1)
		die_misuse("--html, --svg and --text: only one of them");
	plan->form = command->svg			    ? REPORT_SVG
	    : command->text || (terminal && !command->html) ? REPORT_TEXT
							    : REPORT_HTML;
}

/* The name of a file without its folders. */
static const char *
base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL || slash[1] == '\0' ? path : slash + 1;
}

/* What the report is called. */
static void
put_title(struct bytes *to, const struct report_plan *plan, char **files, size_t count)
{
	if (plan->title != NULL)
		need_print(to, "%s", plan->title);
	else if (count == 0)
		need_print(to, "standard input");
	else if (count <= 3)
		for (size_t i = 0; i < count; i++)
			need_print(to, "%s%s", i > 0 ? ", " : "",
			    strcmp(files[i], "-") == 0 ? "standard input"
						       : base_of(files[i]));
	else
		need_print(to, "%s and %zu more", base_of(files[0]), count - 1);
	need_put(to, "", 1);
}

/* How wide the terminal is, or what is to be taken for one. */
static size_t
columns(void)
{
	const char *said = getenv("COLUMNS");
	struct winsize size;
	uint64_t wide;

	if (said != NULL && num_parse(said, 1, UINT32_MAX, &wide) == 0)
		;
	else if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		wide = size.ws_col;
	else
		wide = USUAL_COLUMNS;
	return wide < LEAST_COLUMNS ? LEAST_COLUMNS
	    : wide > MOST_COLUMNS   ? MOST_COLUMNS
				    : (size_t)wide;
}

static void
make_text(struct bytes *to, const struct layout *layout, const struct series *series,
    const char *title)
{
	setlocale(LC_CTYPE, "");
	plain_text_put(to, layout, series, title, columns(),
	    strcmp(nl_langinfo(CODESET), "UTF-8") == 0);
}

/* Write all of it, now that there is nothing more to read. */
static void
write_out(struct ends *ends, const struct bytes *all)
{
	if (ends_empty(ends) < 0 || fdio_write(ends->out, all->data, all->len) < 0 ||
	    (close(ends->out) < 0 && errno != EINTR))
		die_output(errno, ends->out_name);
}

static enum status
report(const struct report_plan *plan, char **files, size_t count)
{
	struct bytes title = { 0 }, all = { 0 };
	struct summary summary;
	struct layout layout;
	struct logs logs;

	summary_open(&summary, plan);
	logs_open(&logs, plan, files, count, &summary);
	logs_read(&logs);
	if (logs.lost == 0 || summary.files > 0) {
		if (plan->form == REPORT_SVG && summary.timed == 0 &&
		    (summary.records > 0 || logs.series.count > 0))
			die(STATUS_BROKEN, 0,
			    "--svg: nothing says when the records were worked on");
		put_title(&title, plan, files, count);
		layout_make(&layout, &summary);
		if (plan->form == REPORT_TEXT)
			make_text(&all, &layout, &logs.series, title.data);
		else if (plan->form == REPORT_SVG)
			picture_put(&all, &layout, title.data);
		else
			report_page_put(&all, &layout, &logs.series, title.data);
		write_out(&logs.ends, &all);
		layout_free(&layout);
	}
	bytes_free(&all);
	bytes_free(&title);
	series_free(&logs.series);
	summary_close(&summary);
	return logs.lost > 0 ? STATUS_BROKEN : logs.failed ? STATUS_FAILED : STATUS_OK;
}

int
main(int argc, char **argv)
{
	struct report_command command = {
		.plan = { .slowest = 20, .failures = 100, .max_record = RECORD_LIMIT }
	};
	struct opt_table table = { 0 };
	struct opt_program program = { .name = "par-report",
		.synopsis = "[-o FILE] [OPTION ...] [FILE ...]",
		.about =
		    "Show what a run did, from its log: a page of HTML, or text on a "
		    "terminal.  Also\nfrom a trace, a folder of results, pages of "
		    "par-fetch, or par-queue stat.",
		.examples =
		    "  par-report run.log                     on a terminal: text\n"
		    "  par-report -o run.html run.log         a page for a browser\n"
		    "  par-report --svg jobs.tsv >run.svg     the workers alone\n" };
	int first;

	sig_begin();
	list_options(&command, &table);
	program.opts = table.rows;
	first = diag_options(&program, argc, argv);
	opt_free(&table);
	choose_form(&command);
	return (int)report(&command.plan, argv + first, (size_t)(argc - first));
}
