package intake

import (
	"errors"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// maxWords is how many words a command may have.
const maxWords = 10_000

// words splits a command into its words, as the shell for which it was written would. Nothing is expanded but quotes and escapes.
func words(command string) ([]string, error) {
	var list []string
	var err error
	if isWindows(command) {
		list, err = windowsWords(command)
	} else {
		list, err = posixWords(command)
	}
	if err == nil && len(list) > maxWords {
		return nil, &Error{Code: ErrTooLarge, Kind: KindCURL, Message: "the command has more than 10,000 words"}
	}
	return list, err
}

// posixWords is for sh, bash and zsh: "Copy as cURL (bash)", and what people type.
func posixWords(command string) ([]string, error) {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(command), "")
	if err != nil {
		return nil, shellError(err)
	}
	if len(file.Stmts) != 1 {
		return nil, &Error{Code: ErrUnsafe, Kind: KindCURL, Message: "the input holds " + plural(len(file.Stmts), "command", "commands"), Hint: "give the one cURL command alone"}
	}
	statement := file.Stmts[0]
	// What the answer is piped to is of no interest, as where it goes is not.
	for {
		pipe, ok := statement.Cmd.(*syntax.BinaryCmd)
		if !ok || pipe.Op != syntax.Pipe && pipe.Op != syntax.PipeAll || statement.Background {
			break
		}
		statement = pipe.X
	}
	call, ok := statement.Cmd.(*syntax.CallExpr)
	switch {
	case !ok || len(call.Args) == 0:
		return nil, &Error{Code: ErrUnsafe, Kind: KindCURL, Message: "the input is more than one simple command", Hint: "leave out && and ;, and give the cURL command alone"}
	case len(call.Assigns) > 0:
		return nil, &Error{Code: ErrUnsafe, Kind: KindCURL, Message: "the command sets a variable before it starts", Hint: "leave it out"}
	case file.Stmts[0].Background || statement.Background:
		return nil, &Error{Code: ErrUnsafe, Kind: KindCURL, Message: "the command ends with &", Hint: "put the URL in quotation marks"}
	}
	if err := onlyText(call); err != nil {
		return nil, err
	}
	// Where the output goes is of no interest.
	for _, r := range statement.Redirs {
		switch r.Op {
		case syntax.RdrIn, syntax.RdrInOut, syntax.Hdoc, syntax.DashHdoc, syntax.WordHdoc, syntax.DplIn:
			return nil, &Error{Code: ErrUnsafe, Kind: KindCURL, Message: "the command reads its input from elsewhere", Hint: "give the body with -d"}
		}
	}
	list := make([]string, 0, len(call.Args))
	for _, w := range call.Args {
		word, err := unquoted(w)
		if err != nil {
			return nil, shellError(err)
		}
		list = append(list, word)
	}
	return list, nil
}

// unquoted is what a word stands for. [expand.Literal] leaves the backslashes of its unquoted parts, as of a\&b, where they are.
func unquoted(w *syntax.Word) (string, error) {
	config := &expand.Config{Env: expand.ListEnviron(), NoUnset: true}
	var word strings.Builder
	for _, part := range w.Parts {
		lit, ok := part.(*syntax.Lit)
		if !ok {
			text, err := expand.Literal(config, &syntax.Word{Parts: []syntax.WordPart{part}})
			if err != nil {
				return "", err
			}
			word.WriteString(text)
			continue
		}
		for text := lit.Value; text != ""; {
			plain, escaped, found := strings.Cut(text, `\`)
			word.WriteString(plain)
			text = ""
			if found && escaped != "" {
				if escaped[0] != '\n' {
					word.WriteByte(escaped[0])
				}
				text = escaped[1:]
			}
		}
	}
	return word.String(), nil
}

// onlyText refuses words that stand for something which only a shell could know.
func onlyText(call *syntax.CallExpr) error {
	var bad error
	refuse := func(what string, at syntax.Node) bool {
		if bad == nil {
			bad = &Error{Code: ErrUnsafe, Kind: KindCURL, Message: what, Line: int(at.Pos().Line()), Hint: "write what it stands for; nothing is executed here"}
		}
		return false
	}
	syntax.Walk(call, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CmdSubst, *syntax.ProcSubst:
			return refuse("the command holds another command", n)
		case *syntax.ArithmExp:
			return refuse("the command holds a calculation", n)
		case *syntax.ParamExp:
			name := ""
			if n.Param != nil {
				name = " " + quote("$"+n.Param.Value)
			}
			return refuse("the command holds the variable"+name, n)
		}
		return bad == nil
	})
	return bad
}

func shellError(err error) error {
	e := &Error{Code: ErrSyntax, Kind: KindCURL, Message: "the command cannot be parsed", Hint: "check its quotation marks"}
	var bad syntax.ParseError
	if errors.As(err, &bad) {
		e.Message += ": " + bad.Text
		e.Line = int(bad.Pos.Line())
	}
	return e
}

// isWindows: "Copy as cURL (cmd)" writes ^" since 2023, and before that ended its lines with ^.
func isWindows(command string) bool { return windowsMarks.re().MatchString(command) }

var windowsMarks = newPattern(`(?m)(?:^|\s)\^"|\s\^\s*$`)

// windowsWords undoes first what cmd.exe does with ^, and then what a program's C runtime does with quotation marks and backslashes.
//
// https://learn.microsoft.com/en-us/cpp/c-language/parsing-c-command-line-arguments, checked 2026-11-22
func windowsWords(command string) ([]string, error) {
	line, err := unCaret(strings.ReplaceAll(command, "\r\n", "\n"))
	if err != nil {
		return nil, err
	}
	var list []string
	var word strings.Builder
	inWord, inQuotes := false, false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\':
			n := len(line[i:]) - len(strings.TrimLeft(line[i:], `\`))
			i += n - 1
			inWord = true
			if i+1 < len(line) && line[i+1] == '"' {
				word.WriteString(strings.Repeat(`\`, n/2))
				if n%2 == 1 {
					word.WriteByte('"')
					i++
				}
				continue
			}
			word.WriteString(strings.Repeat(`\`, n))
		case c == '"' && inQuotes && i+1 < len(line) && line[i+1] == '"':
			word.WriteByte('"')
			i++
		case c == '"':
			inQuotes, inWord = !inQuotes, true
		case (c == ' ' || c == '\t' || c == '\n') && !inQuotes:
			if inWord {
				list = append(list, word.String())
				word.Reset()
			}
			inWord = false
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	if inQuotes {
		return nil, &Error{Code: ErrSyntax, Kind: KindCURL, Message: "the command has a quotation mark without its partner", Hint: "check its quotation marks"}
	}
	if inWord {
		list = append(list, word.String())
	}
	return list, nil
}

// unCaret is cmd.exe's reading of a command line. A quotation mark that is not escaped begins a part in which ^ is a character.
func unCaret(command string) (string, error) {
	var b strings.Builder
	inQuotes := false
	for i := 0; i < len(command); i++ {
		c := command[i]
		switch {
		case c == '^' && !inQuotes:
			i++
			if i < len(command) && command[i] == '\n' {
				// The line goes on; a second line break behind it is one of the value.
				if i+1 < len(command) && command[i+1] == '\n' {
					i++
					b.WriteByte('\n')
				}
				continue
			}
			if i < len(command) {
				b.WriteByte(command[i])
			}
		case c == '"':
			inQuotes = !inQuotes
			b.WriteByte(c)
		case !inQuotes && strings.IndexByte("&|<>", c) >= 0:
			return "", &Error{Code: ErrUnsafe, Kind: KindCURL, Message: "the input is more than one simple command", Hint: "leave out pipes and redirections, and give the cURL command alone"}
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), nil
}
