package policycheck_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/corscope/corscope/policyfile"
)

// TestAProgramIsToldTheSame holds that what check finds in the policies of a file, and
// where, is what package policyfile tells a program that serves by it.
func TestAProgramIsToldTheSame(t *testing.T) {
	for _, c := range faultCases {
		if strings.Contains(c.file, "expect:") || strings.Contains(c.file, "url:") || c.name == "a misspelt field at the top" {
			continue // not for programs
		}
		t.Run(c.name, func(t *testing.T) {
			_, err := policyfile.Parse([]byte(c.file))
			var bad *policyfile.Error
			if !errors.As(err, &bad) {
				t.Fatal(err)
			}
			var got []string
			for _, p := range bad.Problems {
				got = append(got, fmt.Sprintf("%d:%d %s", p.Line, p.Column, p.Code))
			}
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("got %s, want %s", s, c.want)
			}
		})
	}
}
