# shellcheck shell=bash
# A host that speaks HTTP/2 on every other connection and HTTP/1.1 on the others, and
# answers each URL with its path: `load aid/mixed`, then
#
#	mixed_certificate     write key, cert, and both together to the file both
#	mixed_start [SOCKET...]
#	                      sets MIXED, its address, and trusts cert in the folder; SOCKETs
#	                      are what connections lead to in turn, the default is: one two

mixed_certificate() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 \
		-addext subjectAltName=IP:127.0.0.1 -keyout key -out cert 2>/dev/null
	cat key cert >both
}

mixed_start() {
	cat >mixed.conf <<-END
	daemon off; master_process off; pid $PWD/mixed.pid; error_log $PWD/mixed.err;
	events { worker_connections 500; }
	http {
	    log_format lines '\$server_protocol'; access_log $PWD/mixed.log lines;
	    client_body_temp_path $PWD/t; proxy_temp_path $PWD/t; fastcgi_temp_path $PWD/t;
	    uwsgi_temp_path $PWD/t; scgi_temp_path $PWD/t; keepalive_requests 100000;
	    ssl_certificate cert; ssl_certificate_key key; default_type text/plain;
	    server { listen unix:$PWD/two ssl http2; location / { return 200 "\$request_uri"; } }
	    server { listen unix:$PWD/one ssl; location / { return 200 "\$request_uri"; } }
	}
	END
	PATH=$PATH:/usr/sbin background nginx -p "$PWD" -c mixed.conf
	eventually test -s mixed.pid
	[ $# -gt 0 ] || set -- one two
	background "$ROOT/tests/aid/relay.py" "$@" >mixed.port
	eventually test -s mixed.port
	# shellcheck disable=SC2034 # for the tests
	MIXED=https://127.0.0.1:$(cat mixed.port)
}

# own RECORDS: how many have the path of their URL as their body, and no error; a lie
# may as well be told as one, without a body
own() {
	awk -F '\t' '{
		path = $1
		sub(/^[a-z]*:..[^\/]*/, "", path)
		if ($2 == 200 && $5 == "" && $6 == path) n++
		if (path ~ /\/lie/ && $2 == "000" && $5 != "" && $6 == "") n++
	} END { print n + 0 }' "$1"
}
