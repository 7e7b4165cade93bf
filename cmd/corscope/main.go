// Command corscope shows, explains and repairs what browsers call "blocked by CORS policy".
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/corscope/corscope/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	os.Exit(cli.Run(ctx, cli.System(), os.Args[1:]))
}
