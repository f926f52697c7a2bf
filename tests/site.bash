# A web server on loopback for tests: `load site`, then
#
#	site_start [FOLDER]    serve it, examples/site if none is named; sets SITE_URL,
#	                       such as http://127.0.0.1:23456, and SITE_WORK, where
#	                       the server's access.log is
#	site_stop              end it, by process id
#
# In setup() or a test, the server ends with the test at the latest; started in
# setup_file(), it is ended by site_stop in teardown_file().

site_start() {
	SITE_WORK=$(mktemp -d "${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/site.XXXXXX") || return
	SITE_URL=$("$BATS_TEST_DIRNAME/../examples/serve" "$SITE_WORK" "$@" 3>&-) || return
	SITE_PID=$(cat "$SITE_WORK/nginx.pid")
	export SITE_WORK SITE_URL SITE_PID
	BACKGROUND+=("$SITE_PID")
}

site_stop() {
	if [ -n "${SITE_PID-}" ]; then kill "$SITE_PID"; fi
	unset SITE_PID
}
