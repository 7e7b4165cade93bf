package cli

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/policycheck"
	"github.com/corscope/corscope/policyfile"
)

// checkDocument is check's JSON output.
type checkDocument struct {
	Version    int    `json:"version"`
	File       string `json:"file"`
	Against    string `json:"against,omitempty"`
	ExitStatus int    `json:"exitStatus"`
	// Error and Problems are there for a file that cannot be used, Summary and Results
	// for one that can.
	Error    *usageError           `json:"error,omitempty"`
	Problems []*policyfile.Problem `json:"problems,omitempty"`
	Summary  *checkSummary         `json:"summary,omitempty"`
	Results  []resultDocument      `json:"results,omitempty"`
}

type checkSummary struct {
	Expectations int `json:"expectations"`
	Hold         int `json:"hold"`
	Fail         int `json:"fail"`
	Unreachable  int `json:"unreachable"`
	NotSent      int `json:"notSent"`
}

type resultDocument struct {
	*policycheck.Expectation
	Text          string             `json:"text"`
	Status        policycheck.Status `json:"status"`
	Why           []string           `json:"why,omitempty"`
	Reason        *fetch.Reason      `json:"reason,omitempty"`
	PreflightOnly bool               `json:"preflightOnly,omitempty"`
}

func (c *checked) document() *checkDocument {
	d := &checkDocument{
		Version: jsonVersion, File: c.name, Against: c.against, ExitStatus: c.exitStatus(), Problems: c.file.Warnings,
		Summary: &checkSummary{
			Expectations: len(c.results), Hold: c.count(policycheck.Holds), Fail: c.count(policycheck.Fails),
			Unreachable: c.count(policycheck.Unreachable), NotSent: c.count(policycheck.NotSent),
		},
	}
	for _, r := range c.results {
		e := *r.Expectation
		e.Headers = new(secrets).headers(e.Headers)
		one := resultDocument{Expectation: &e, Text: r.Expectation.String(), Status: r.Status, Why: r.Why, PreflightOnly: r.PreflightOnly}
		if !r.Reason.IsZero() {
			one.Reason = &r.Reason
		}
		d.Results = append(d.Results, one)
	}
	return d
}

// reportPolicyFile says what is wrong with a file, in the format that was asked for: a
// reader of a format gets a report, and a person a text on standard error.
func (r *run) reportPolicyFile(c *checked, bad *policyfile.Error, format string, o checkRenderer) error {
	if _, err := io.WriteString(r.env.Stderr, o.renderProblems(c, bad)); err != nil {
		return err
	}
	switch format {
	case formatJSON:
		return r.writeJSON(&checkDocument{
			Version: jsonVersion, File: c.name, Against: c.against, ExitStatus: exitUsage,
			Error:    &usageError{Code: codePolicyFile, Message: c.displayName() + " has mistakes; nothing was checked"},
			Problems: bad.Problems,
		})
	case formatJUnit:
		suite := junitSuite{Name: c.displayName()}
		for _, p := range bad.Problems {
			if p.Severity != cors.SeverityError {
				continue // JUnit knows no notes, and as an error one would be counted as a mistake
			}
			suite.Tests++
			suite.Errors++
			suite.Cases = append(suite.Cases, junitCase{
				Name: fmt.Sprintf("%d:%d", p.Line, p.Column), Class: xmlText(c.displayName()), File: xmlText(c.name), Line: p.Line,
				Error: &junitFault{Type: string(p.Code), Message: xmlText(p.Error())},
			})
		}
		return writeXML(r.env.Stdout, suite)
	case formatTAP:
		_, err := fmt.Fprintf(r.env.Stdout, "TAP version 14\nBail out! %s\n", tapText(c.displayName()+" has mistakes"))
		return err
	}
	return nil
}

// The form of JUnit's XML that CI systems read.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string      `xml:"name,attr"`
	Class   string      `xml:"classname,attr"`
	File    string      `xml:"file,attr,omitempty"`
	Line    int         `xml:"line,attr,omitempty"`
	Failure *junitFault `xml:"failure"`
	Error   *junitFault `xml:"error"`
	Skipped *junitFault `xml:"skipped"`
}

type junitFault struct {
	Type    string `xml:"type,attr,omitempty"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func (c *checked) writeJUnit(w io.Writer) error {
	suite := junitSuite{
		Name: c.displayName() + " against " + c.where(), Tests: len(c.results), Failures: c.count(policycheck.Fails),
		Errors: c.count(policycheck.Unreachable), Skipped: c.count(policycheck.NotSent),
	}
	for _, r := range c.results {
		e := r.Expectation
		one := junitCase{Name: xmlText(testName(e)), Class: xmlText(c.displayName()), File: xmlText(c.name), Line: e.Line}
		fault := &junitFault{Type: string(r.Reason.Code), Message: xmlText(strings.Join(r.Why, " "))}
		switch r.Status {
		case policycheck.Fails:
			one.Failure = fault
		case policycheck.Unreachable:
			one.Error = fault
		case policycheck.NotSent:
			fault.Type = ""
			one.Skipped = fault
		}
		suite.Cases = append(suite.Cases, one)
	}
	return writeXML(w, suite)
}

func testName(e *policycheck.Expectation) string {
	if e.Name != "" {
		return e.Name + " (" + e.String() + ")"
	}
	return e.String()
}

func writeXML(w io.Writer, suite junitSuite) error {
	suite.Name = xmlText(suite.Name)
	all := junitSuites{Tests: suite.Tests, Failures: suite.Failures, Errors: suite.Errors, Suites: []junitSuite{suite}}
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	return err
}

// xmlText leaves out what no XML document may hold: the encoder would write it as a
// character that stands for any.
func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' || r == utf8.RuneError || r == 0xfffe || r == 0xffff {
			return '?'
		}
		return r
	}, s)
}

// writeTAP writes TAP 14, https://testanything.org/tap-version-14-specification.html.
func (c *checked) writeTAP(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "TAP version 14\n1..%d", len(c.results))
	if len(c.results) == 0 {
		b.WriteString(" # SKIP the file expects nothing")
	}
	b.WriteString("\n")
	for i, r := range c.results {
		e := r.Expectation
		verdict, directive := "ok", ""
		switch r.Status {
		case policycheck.Fails, policycheck.Unreachable:
			verdict = "not ok"
		case policycheck.NotSent:
			directive = " # SKIP " + tapText(strings.Join(r.Why, " "))
		}
		fmt.Fprintf(&b, "%s %d - %s%s\n", verdict, i+1, tapText(testName(e)), directive)
		if verdict == "ok" {
			continue
		}
		fmt.Fprintf(&b, "  ---\n  file: %s\n  line: %d\n  status: %s\n", strconv.QuoteToASCII(c.name), e.Line, r.Status)
		if r.Reason.Code != "" {
			fmt.Fprintf(&b, "  reason: %s\n", r.Reason.Code)
		}
		fmt.Fprintf(&b, "  message: %s\n  ...\n", yamlText(strings.Join(r.Why, " ")))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// tapText is a description: one line, in which # and \ are escaped.
func tapText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	return strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace(s)
}

// yamlText is a text in YAML's double quotes; JSON's are the same.
func yamlText(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		return `""` // no string is beyond JSON
	}
	return string(text)
}
