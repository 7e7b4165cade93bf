package httpspec_test

import (
	"math/big"
	"regexp"
	"strings"
)

// This file holds the standard's definitions spelt out literally and slowly,
// to compare the package with.

const refTChar = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]"

var (
	refToken   = regexp.MustCompile(`\A` + refTChar + `+\z`)
	refSeconds = regexp.MustCompile(`\A[ \t]*[0-9]+[ \t]*\z`)
	// refTokenList is RFC 9110's grammar for a recipient of #token:
	// [ element ] *( OWS "," OWS [ element ] ), with the whitespace that field
	// parsing would have removed at both ends.
	refTokenList = regexp.MustCompile(`\A[ \t]*(?:` + refTChar + `+)?(?:[ \t]*,[ \t]*(?:` + refTChar + `+)?)*[ \t]*\z`)
	refMember    = regexp.MustCompile(refTChar + `+`)
)

func refParseTokenList(values []string) (members []string, ok bool) {
	for _, v := range values {
		if !refTokenList.MatchString(v) {
			return nil, false
		}
		members = append(members, refMember.FindAllString(v, -1)...)
	}
	return members, true
}

func refParseDeltaSeconds(values []string) (int64, bool) {
	if len(values) != 1 || !refSeconds.MatchString(values[0]) {
		return 0, false
	}
	n, _ := new(big.Int).SetString(strings.Trim(values[0], " \t"), 10)
	if !n.IsInt64() {
		return 1<<63 - 1, true
	}
	return n.Int64(), true
}

// refGetDecodeSplit walks the steps of "get, decode, and split" one by one.
func refGetDecodeSplit(lines []string) []string {
	if len(lines) == 0 {
		return nil
	}
	input := strings.Join(lines, "\x2C\x20")
	position := 0
	var values []string
	temporaryValue := ""
	for {
		for position < len(input) && input[position] != '"' && input[position] != ',' {
			temporaryValue += input[position : position+1]
			position++
		}
		if position < len(input) && input[position] == '"' {
			temporaryValue += refCollectQuotedString(input, &position)
			if position < len(input) {
				continue
			}
		}
		temporaryValue = strings.Trim(temporaryValue, "\t ")
		values = append(values, temporaryValue)
		temporaryValue = ""
		if position >= len(input) {
			return values
		}
		if input[position] != ',' {
			panic("the standard's assertion does not hold")
		}
		position++
	}
}

// refCollectQuotedString is "collect an HTTP quoted string" without
// extract-value.
func refCollectQuotedString(input string, position *int) string {
	positionStart := *position
	*position++
	for {
		for *position < len(input) && input[*position] != '"' && input[*position] != '\\' {
			*position++
		}
		if *position >= len(input) {
			break
		}
		quoteOrBackslash := input[*position]
		*position++
		if quoteOrBackslash == '"' {
			break
		}
		if *position >= len(input) {
			break
		}
		*position++
	}
	return input[positionStart:*position]
}

// refLower is "byte-lowercase".
func refLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 0x41 && c <= 0x5A {
			b[i] = c + 0x20
		}
	}
	return string(b)
}
