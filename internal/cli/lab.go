package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"runtime"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/corscope/corscope/internal/webui"
)

const labHelp = `  corscope lab
  corscope lab --no-open
  corscope lab --listen 127.0.0.1:8642

Opens the lab in your browser: paste what the console says or compose a request, watch
it step by step as the browser takes it, apply the fix and see it pass, and have your
own browser do the same for comparison.

It is served on this machine, for this machine, and needs no network. It fetches what
you ask it to, and takes orders from its own page alone; to reach private addresses it
asks you first. Ctrl-C ends it.

`

// The errors of the lab.
const (
	codeListen       usageCode = "listen-invalid"
	codeListenFailed usageCode = "listen-failed"
)

type labOptions struct {
	listen string
	noOpen bool
}

func (r *run) labCommand() *cobra.Command {
	var f labOptions
	c := &cobra.Command{
		Use:   "lab",
		Short: "See it happen in a web page: compose, watch, repair, compare with your browser",
		Long:  labHelp,
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return r.lab(cmd.Context(), &f) },
	}
	fl := c.Flags()
	fl.SortFlags = false
	fl.StringVar(&f.listen, "listen", "127.0.0.1:0", "the `ADDRESS` to be found at, on this machine; port 0 is any that is free")
	fl.BoolVar(&f.noOpen, "no-open", false, "open no browser; only print the address")
	return c
}

// lab serves until ctx is done. That is how it is meant to end, so it is no error.
func (r *run) lab(ctx context.Context, f *labOptions) error {
	address, err := loopbackAddress(f.listen)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return listenError(f.listen, err)
	}
	server := webui.New(webui.Config{Explainer: explainer{}, Version: strings.TrimSpace(strings.TrimPrefix(versionLine(), "corscope "))}, l.Addr())
	if _, err := fmt.Fprintln(r.env.Stdout, "The lab is open: "+server.URL()); err != nil {
		l.Close()
		return err
	}
	if f.noOpen || !r.openBrowser(server.URL()) {
		fmt.Fprint(r.env.Stderr, "Open the address in a browser on this machine. ")
	}
	fmt.Fprintln(r.env.Stderr, "Ctrl-C closes it.")
	return server.Serve(ctx, l)
}

// loopbackAddress reads --listen. The lab fetches what it is asked to, and whoever reaches it can read its token: so nobody but this
// machine does.
func loopbackAddress(listen string) (string, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", &usageError{Code: codeListen, Message: "--listen cannot be " + quote(listen), Hint: "write 127.0.0.1:PORT"}
	}
	if strings.EqualFold(host, "localhost") {
		host = "127.0.0.1"
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return "", &usageError{Code: codeListen, Message: "--listen cannot be " + quote(listen) + ": the lab is for this machine alone",
			Hint: "write 127.0.0.1:PORT; from another machine, use ssh -L PORT:127.0.0.1:PORT"}
	}
	return net.JoinHostPort(host, port), nil
}

func listenError(listen string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return &usageError{Code: codeListenFailed, Message: "something listens on " + listen + " already", Hint: "leave out --listen, and a free port is found"}
	}
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	return &usageError{Code: codeListenFailed, Message: "cannot listen on " + listen, Hint: err.Error()}
}

// openBrowser starts the reader's browser and reports whether there is one. The address is on the screen anyway, so that no error matters.
func (r *run) openBrowser(url string) bool {
	var c *exec.Cmd
	switch runtime.GOOS {
	case "darwin":
		c = exec.Command("open", url)
	case "windows":
		c = exec.Command("rundll32", "url.dll,FileProtocolHandler", url)
	default:
		if !r.hasDesktop() {
			return false
		}
		c = exec.Command("xdg-open", url)
	}
	if c.Start() != nil {
		return false
	}
	go c.Wait()
	return true
}

// hasDesktop keeps xdg-open from looking for a browser that runs in the terminal, where there is no other.
func (r *run) hasDesktop() bool {
	for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "WSL_DISTRO_NAME"} {
		if value, ok := r.env.LookupEnv(name); ok && value != "" {
			return true
		}
	}
	return false
}
