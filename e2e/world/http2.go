package world

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// HTTP2Hosts speak HTTP/2 where there is TLS, and have one certificate for all of them, so that browsers may take a connection to one
// for another's (RFC 9113, 9.1.1).
var HTTP2Hosts = []string{"h2.app.test", "h2.other.test"}

func isHTTP2Host(name string) bool { return strings.HasPrefix(name, "h2.") }

// http2Config is the configuration of the listener with TLS for hosts that speak HTTP/2.
func (w *World) http2Config() (*tls.Config, error) {
	leaf, err := w.authority.issue(HTTP2Hosts...)
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{*leaf}, NextProtos: []string{"h2"}}, nil
}

// http2Stream is a request that is being received.
type http2Stream struct {
	request *http.Request
	body    bytes.Buffer
}

// answerHTTP2 speaks HTTP/2 by itself for the reason that answerAll speaks HTTP/1.1. It sends one answer after the other, each of
// them whole and smaller than a client's first window.
func (w *World) answerHTTP2(c net.Conn, serverName string) {
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(c, preface); err != nil || string(preface) != http2.ClientPreface {
		return
	}
	f := http2.NewFramer(c, c)
	f.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	f.MaxHeaderListSize = 64 << 10
	if f.WriteSettings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 100}) != nil {
		return
	}
	encoded := new(bytes.Buffer)
	encoder := hpack.NewEncoder(encoded)
	streams := map[uint32]*http2Stream{}
	finish := func(id uint32, s *http2Stream) error {
		delete(streams, id)
		answer := w.answer(s.request, "https", s.body.String(), serverName)
		encoded.Reset()
		for _, field := range answer.http2Fields() {
			encoder.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]})
		}
		body := answer.Body
		if answer.bodiless() || s.request.Method == "HEAD" {
			body = ""
		}
		err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: encoded.Bytes(), EndHeaders: true, EndStream: body == ""})
		if err == nil && body != "" {
			err = f.WriteData(id, true, []byte(body))
		}
		return err
	}
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			return
		}
		switch frame := frame.(type) {
		case *http2.MetaHeadersFrame:
			s := &http2Stream{request: http2Request(frame)}
			if s.request == nil {
				return
			}
			streams[frame.StreamID] = s
			if frame.StreamEnded() {
				err = finish(frame.StreamID, s)
			}
		case *http2.DataFrame:
			s := streams[frame.StreamID]
			if s == nil {
				continue
			}
			if s.body.Write(frame.Data()); s.body.Len() > maxBody {
				return
			}
			if n := uint32(len(frame.Data())); n > 0 {
				f.WriteWindowUpdate(0, n)
				if !frame.StreamEnded() {
					f.WriteWindowUpdate(frame.StreamID, n)
				}
			}
			if frame.StreamEnded() {
				err = finish(frame.StreamID, s)
			}
		case *http2.RSTStreamFrame:
			delete(streams, frame.StreamID)
		case *http2.SettingsFrame:
			if !frame.IsAck() {
				if size, ok := frame.Value(http2.SettingHeaderTableSize); ok {
					encoder.SetMaxDynamicTableSizeLimit(size)
				}
				err = f.WriteSettingsAck()
			}
		case *http2.PingFrame:
			if !frame.IsAck() {
				err = f.WritePing(true, frame.Data)
			}
		case *http2.GoAwayFrame:
			return
		}
		if err != nil {
			return
		}
	}
}

// http2Request is nil where a field that every request has is missing.
func http2Request(frame *http2.MetaHeadersFrame) *http.Request {
	r := &http.Request{Method: frame.PseudoValue("method"), Host: frame.PseudoValue("authority"), RequestURI: frame.PseudoValue("path"),
		Proto: "HTTP/2.0", ProtoMajor: 2, Header: http.Header{}}
	u, err := url.ParseRequestURI(r.RequestURI)
	if err != nil || r.Method == "" || r.Host == "" {
		return nil
	}
	r.URL = u
	for _, field := range frame.RegularFields() {
		name := http.CanonicalHeaderKey(field.Name)
		if name == "Cookie" && len(r.Header[name]) > 0 {
			// Clients may send each cookie in a line of its own (RFC 9113, 8.2.3).
			r.Header[name][0] += "; " + field.Value
			continue
		}
		r.Header[name] = append(r.Header[name], field.Value)
	}
	return r
}

// http2Fields are the header lines of an answer as HTTP/2 has them: names in lower case, no reason phrase, and values without blanks at
// their ends, with which they would be malformed (RFC 9113, 8.2.1).
func (a Answer) http2Fields() []Field {
	fields := []Field{{":status", strconv.Itoa(a.Status)}}
	for _, f := range a.fields() {
		value := strings.Map(func(r rune) rune {
			if r == 0 || r == '\r' || r == '\n' {
				return -1
			}
			return r
		}, f[1])
		fields = append(fields, Field{strings.ToLower(f[0]), strings.Trim(encodeLatin1(value), " \t")})
	}
	return fields
}
