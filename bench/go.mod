module github.com/corscope/corscope/bench

go 1.26.0

require (
	github.com/corscope/corscope v0.0.0
	github.com/go-chi/cors v1.2.2
	github.com/rs/cors v1.11.1
)

require (
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/corscope/corscope => ..
