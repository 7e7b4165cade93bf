package intake

import (
	"fmt"
	"strconv"
	"strings"
)

// ErrorCode names what is wrong with an input. Codes are stable.
type ErrorCode string

// The codes.
const (
	// ErrEmpty: there is nothing but white space.
	ErrEmpty ErrorCode = "empty"
	// ErrTooLarge: the input is larger than the kind of input it is may be.
	ErrTooLarge ErrorCode = "too-large"
	// ErrUnreadable: reading it failed.
	ErrUnreadable ErrorCode = "unreadable"
	// ErrBinary: the bytes are no text.
	ErrBinary ErrorCode = "binary"
	// ErrUnknown: it is none of the kinds of input.
	ErrUnknown ErrorCode = "unknown"
	// ErrNoURL: a console error in which no URL stands.
	ErrNoURL ErrorCode = "no-url"
	// ErrLanguage: a console error in another language than English, in which no URL stands.
	ErrLanguage ErrorCode = "language"
	// ErrSyntax: a command, a script or a file that cannot be parsed.
	ErrSyntax ErrorCode = "syntax"
	// ErrUnsafe: understanding it would mean to execute or to read something.
	ErrUnsafe ErrorCode = "unsafe"
	// ErrScript: the snippet failed before it made a request.
	ErrScript ErrorCode = "script"
	// ErrNoRequest: it holds no request.
	ErrNoRequest ErrorCode = "no-request"
	// ErrEntry: there is no entry of that number.
	ErrEntry ErrorCode = "entry"
	// ErrLimit: it takes too much time or memory.
	ErrLimit ErrorCode = "limit"
	// ErrNotBrowser: the error is one that no browser gave, so that CORS has nothing to do with it.
	ErrNotBrowser ErrorCode = "not-browser"
	// ErrValue: a header, a method or another value that cannot be one.
	ErrValue ErrorCode = "value"
)

// Error says why an input cannot be used.
type Error struct {
	Code ErrorCode
	// Kind is what the input was taken for; empty where that is not known.
	Kind Kind
	// Message is one clause on what is wrong.
	Message string
	// Value is the part of the input that is wrong, and Line where it stands, counted from 1; empty and 0 where that is not known.
	Value string
	Line  int
	// Hint says what to do; may be empty.
	Hint string
	// Said is what the input says where it is a console error that was understood, and a URL alone is missing; nil otherwise.
	Said *Message
	// Entries are those that there are to choose from.
	Entries []Entry
}

func (e *Error) Error() string {
	s := "intake: " + e.Message
	if e.Hint != "" {
		s += ": " + e.Hint
	}
	return s
}

// quote quotes a part of the input for a message, short enough for one line.
func quote(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s); len(r) > 60 {
		s = string(r[:57]) + "..."
	}
	return strconv.Quote(s)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
