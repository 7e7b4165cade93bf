package servers

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// startWithin bounds how long a server may take to accept a connection.
const startWithin = 30 * time.Second

// start runs a server until the test ends, and returns once it accepts connections at
// address.
func start(t *testing.T, address string, command ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	output := &lockedBuffer{}
	cmd.Stdout, cmd.Stderr = output, output
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "HOME="+cmd.Dir, "XDG_DATA_HOME="+cmd.Dir, "XDG_CONFIG_HOME="+cmd.Dir, "NODE_ENV=production")
	// A group of its own, so that workers go with it; and not without this process.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	t.Cleanup(func() {
		cancel()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Errorf("%s does not end", command[0])
		}
		if t.Failed() {
			t.Logf("%s said:\n%s", command[0], output)
		}
	})
	deadline := time.Now().Add(startWithin)
	for {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			conn.Close()
			return
		}
		select {
		case err := <-done:
			done <- err
			t.Fatalf("%s ended: %v\n%s", command[0], err, output)
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not accept connections within %s\n%s", command[0], startWithin, output)
		}
	}
}

// lockedBuffer keeps the beginning of what a server says.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.b.Len() < 1<<12 {
		l.b.Write(p)
	}
	return len(p), nil
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// freeAddress returns a loopback address that was free a moment ago, with a port below
// those that systems give to connections, so that none takes it meanwhile.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		address := fmt.Sprintf("127.0.0.1:%d", 20000+rand.IntN(12000))
		if l, err := net.Listen("tcp", address); err == nil {
			l.Close()
			return address
		}
	}
	t.Fatal("no port is free")
	return ""
}

// deadAddress returns a loopback address that refuses connections for as long as the
// test runs: its port is taken, and nobody listens.
func deadAddress(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port)
}

// packages are the Debian packages that have the programs.
var packages = map[string]string{
	"nginx": "nginx", "apache2": "apache2", "haproxy": "haproxy", "caddy": "caddy", "node": "nodejs", "npm": "npm",
	"python3": "python3", "gunicorn": "python3-gunicorn",
	"uvicorn": "python3-uvicorn", "fastapi": "python3-fastapi", "flask": "python3-flask", "django": "python3-django",
}

// modules are those of packages that are modules of Python.
var modules = []string{"gunicorn", "uvicorn", "fastapi", "flask", "django"}

// installed returns the path of a program, and has all that are missing installed if it
// may.
func installed(t *testing.T, program string) string {
	t.Helper()
	if path, err := lookPath(program); err == nil {
		return path
	}
	installing.Do(func() { installError = install() })
	path, err := lookPath(program)
	if err != nil {
		t.Skipf("%s is not here: install the Debian package %s (%v)", program, packages[program], installError)
	}
	return path
}

// debianPython is the one that has Debian's modules, whatever comes first in the search
// path.
const debianPython = "/usr/bin/python3"

// lookPath looks where servers are, too, which is not always in the search path. Of a
// module of Python it returns the name.
func lookPath(program string) (string, error) {
	if program == "python3" {
		return exec.LookPath(debianPython)
	}
	if slices.Contains(modules, program) {
		return program, exec.Command(debianPython, "-c", "import importlib.util, sys; sys.exit(not importlib.util.find_spec('"+program+"'))").Run()
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return exec.LookPath("/usr/sbin/" + program)
	}
	return path, nil
}

var (
	installing   sync.Once
	installError error
)

// install has apt-get install what is missing, without starting any of it.
func install() error {
	var missing []string
	for program, name := range packages {
		if _, err := lookPath(program); err != nil {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	if _, err := exec.LookPath("apt-get"); err != nil || os.Getuid() != 0 {
		return fmt.Errorf("only root on Debian can install it from here")
	}
	const policy = "/usr/sbin/policy-rc.d" // asked by packages before they start a server
	if _, err := os.Stat(policy); os.IsNotExist(err) {
		if err := os.WriteFile(policy, []byte("#!/bin/sh\nexit 101\n"), 0o755); err != nil {
			return err
		}
		defer os.Remove(policy)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	for _, command := range []string{
		"apt-get update -q",
		"apt-get install -q -y --no-install-recommends " + strings.Join(missing, " "),
	} {
		words := strings.Fields(command)
		cmd := exec.CommandContext(ctx, words[0], words[1:]...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %v: %s", command, err, tail(out))
		}
	}
	return nil
}

func tail(b []byte) []byte { return b[max(0, len(b)-2000):] }
