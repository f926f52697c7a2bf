# A share of `make torture`: system calls and allocations that fail, one after the other.
load helper

@test "torture: whatever fails, all of the output comes, or a line that says why not" {
	local step=131 least=200

	if [[ -n ${SANITIZED-} ]]; then
		step=1009 least=20
	fi
	run -0 "$ROOT/tests/torture/run" "${STEP:-$step}"
	[[ $output =~ ^([0-9]+)' runs, 0 wrong'$ ]]
	((BASH_REMATCH[1] > least))
}

@test "torture: what is wrong is found" {
	cc -x c -o par-fib - <<-'END'
	#include <fcntl.h>
	#include <unistd.h>
	int main(void)
	{
		char data[9999];
		int in = open("a", O_RDONLY), out = creat("o", 0666);
		ssize_t n;
		while ((n = read(in, data, sizeof(data))) > 0)
			if (write(out, data, n) != n)
				return 3;
		return 0;
	}
	END
	run -1 env PATH="$PWD:$PATH" "$ROOT/tests/torture/run" 1 'par-fib -o o a'
	[[ $output == *"par-fib -o o a: read once 5 1: status 0, and ['o'] is not all [0]"* ]]
	[[ $output == *"par-fib -o o a: open on 24 1: "* ]]
	[[ $output == *"par-fib -o o a: write once 28 1: nothing is said [3]"* ]]
}
