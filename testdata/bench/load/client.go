package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// client is one connection of HTTP/1.1 that is kept open. It reads answers and decodes nothing.
type client struct {
	address string
	coding  string
	timeout time.Duration

	conn   net.Conn
	reader *bufio.Reader
	buffer []byte
}

// answer is what one request brought.
type answer struct {
	status int
	bytes  int64  // of the body as sent
	tag    string // entity tag
}

// get asks for a path, with If-None-Match when there is a tag. After an error the next call connects anew.
func (c *client) get(path, tag string) (answer, error) {
	a, err := c.try(path, tag)
	if err != nil {
		c.close()
	}
	return a, err
}

func (c *client) try(path, tag string) (answer, error) {
	if err := c.connect(); err != nil {
		return answer{}, err
	}
	if err := c.conn.SetDeadline(time.Now().Add(c.timeout)); err != nil {
		return answer{}, err
	}
	if _, err := c.conn.Write(c.request(path, tag)); err != nil {
		return answer{}, err
	}
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return answer{}, err
	}
	bytes, err := io.CopyBuffer(drain{}, response.Body, c.buffer)
	if err != nil {
		return answer{}, fmt.Errorf("body: %w", err)
	}
	if response.Close {
		c.close()
	}
	return answer{response.StatusCode, bytes, response.Header.Get("ETag")}, response.Body.Close()
}

// drain takes what is written to it. Unlike io.Discard it does not read by itself, in small pieces.
type drain struct{}

func (drain) Write(p []byte) (int, error) { return len(p), nil }

func (c *client) request(path, tag string) []byte {
	text := fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: %s\r\n", path, c.address, c.coding)
	if tag != "" {
		text = fmt.Appendf(text, "If-None-Match: %s\r\n", tag)
	}
	return append(text, "\r\n"...)
}

func (c *client) connect() error {
	if c.conn != nil {
		return nil
	}
	conn, err := net.DialTimeout("tcp", c.address, c.timeout)
	if err != nil {
		return err
	}
	c.conn, c.reader, c.buffer = conn, bufio.NewReaderSize(conn, 64<<10), make([]byte, 64<<10)
	return nil
}

func (c *client) close() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}
