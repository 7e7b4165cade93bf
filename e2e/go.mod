module github.com/corscope/corscope/e2e

go 1.26.0

require (
	github.com/coder/websocket v1.8.15
	github.com/corscope/corscope v0.0.0-00010101000000-000000000000
	golang.org/x/net v0.62.0
)

require (
	github.com/bits-and-blooms/bitset v1.20.0 // indirect
	github.com/nlnwa/whatwg-url v0.6.2 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/corscope/corscope => ..
