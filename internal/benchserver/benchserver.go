// Package benchserver gives benchmarks a server in a process of its own, as users' servers have. A server in the benchmark's own
// process shares its scheduler: whether Go runs both ends on one processor or wakes another one for each write decides such a figure,
// on a machine whose sleeping processors wake slowly more than the work does.
package benchserver

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
)

const variable = "CORSCOPE_BENCH_SERVER"

// Main is for the beginning of TestMain. In the process that [Start] made it serves handler over HTTP on loopback until that process's
// standard input ends, and does not return; elsewhere it does nothing.
func Main(handler http.Handler) {
	if os.Getenv(variable) == "" {
		return
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		os.Stderr.WriteString("benchserver: " + err.Error() + "\n")
		os.Exit(1)
	}
	os.Stdout.WriteString("http://" + listener.Addr().String() + "\n")
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	_ = http.Serve(listener, handler)
	os.Exit(1)
}

// Start runs this test binary once more, as the server that its TestMain gave to [Main], and returns the server's origin. The server
// ends with the benchmark, and with this process, however that ends.
func Start(b *testing.B) string {
	b.Helper()
	program, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	command := exec.Command(program)
	command.Env = append(os.Environ(), variable+"=1")
	command.Stderr = os.Stderr
	input, err := command.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		input.Close()
		_ = command.Wait()
	})
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		b.Fatalf("benchserver: the server did not say where it listens: %v", err)
	}
	return strings.TrimSpace(line)
}
