package api

import (
	"net"
	"net/http"
	"sync"

	"jingwei/api/internal/limit"
)

// maxConnections is how many connections one client may have open: those of some hundred browsers behind one address. Each
// costs some 20 kB, also one on which nothing comes.
const maxConnections = 2048

// connections counts the open connections of each client and closes those beyond the bound at once. Proxies that are
// trusted and the machine itself have as many as they want.
type connections struct {
	most    int
	trusted func(ip net.IP) bool

	mu   sync.Mutex
	open map[string]int      // by client
	of   map[net.Conn]string // the client of each that is counted
}

func newConnections(most int, trusted func(net.IP) bool) *connections {
	return &connections{most: most, trusted: trusted, open: map[string]int{}, of: map[net.Conn]string{}}
}

// state is for http.Server.ConnState.
func (n *connections) state(conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		if !n.add(conn) {
			_ = conn.Close() // net/http finds it closed
		}
	case http.StateClosed, http.StateHijacked:
		n.remove(conn)
	}
}

// add counts a connection and reports whether it is within the bound.
func (n *connections) add(conn net.Conn) bool {
	address, ok := conn.RemoteAddr().(*net.TCPAddr)
	if !ok || address.IP.IsLoopback() || n.trusted(address.IP) {
		return true
	}
	client := limit.Client(address.IP.String())
	n.mu.Lock()
	defer n.mu.Unlock()
	n.of[conn] = client
	n.open[client]++
	return n.open[client] <= n.most
}

func (n *connections) remove(conn net.Conn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	client, counted := n.of[conn]
	if !counted {
		return
	}
	delete(n.of, conn)
	if n.open[client]--; n.open[client] == 0 {
		delete(n.open, client)
	}
}
