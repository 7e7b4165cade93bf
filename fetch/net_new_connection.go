package fetch

import (
	"context"
	"io"
	"sync"
)

// exchangeAnew makes one exchange on a connection of its own, which ends with the answer's body.
func (t *NetTransport) exchangeAnew(ctx context.Context, m *Message) (*Answer, error) {
	config := t.config
	config.CAFile = "" // it is in RootCAs already
	own, err := NewNetTransport(config)
	if err != nil {
		return nil, &NetworkError{Code: ReasonNetwork, Detail: "no new connection can be made: " + err.Error(), Err: err}
	}
	again := *m
	again.NewConnection = false
	answer, err := own.Exchange(ctx, &again)
	if err != nil {
		own.CloseIdleConnections()
		return nil, err
	}
	answer.Body = &lastBody{ReadCloser: answer.Body, free: sync.OnceFunc(own.CloseIdleConnections)}
	return answer, nil
}

// lastBody is the body of the only exchange of a transport.
type lastBody struct {
	io.ReadCloser
	free func()
}

func (b *lastBody) Close() error {
	err := b.ReadCloser.Close()
	b.free()
	return err
}
