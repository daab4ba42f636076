// The peer of gorilla/websocket: `gorilla echo|broadcast PORT [CERTIFICATE KEY]`.
package main

import (
	"log"
	"net/http"
	"os"
	"sync"

	"github.com/gorilla/websocket"
)

type client struct {
	connection *websocket.Conn
	output     chan *websocket.PreparedMessage
}

var (
	mutex   sync.RWMutex
	clients = map[*client]bool{}
)

func main() {
	mode, port := os.Args[1], os.Args[2]
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	serve := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connection, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer connection.Close()
		if mode == "echo" {
			echo(connection)
		} else {
			broadcast(connection)
		}
	})
	if len(os.Args) >= 5 {
		log.Fatal(http.ListenAndServeTLS("127.0.0.1:"+port, os.Args[3], os.Args[4], serve))
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+port, serve))
}

func echo(connection *websocket.Conn) {
	for {
		kind, message, err := connection.ReadMessage()
		if err != nil || connection.WriteMessage(kind, message) != nil {
			return
		}
	}
}

// A channel and a writer for each client, and one frame for all of them, as in gorilla's own chat.
func broadcast(connection *websocket.Conn) {
	c := &client{connection, make(chan *websocket.PreparedMessage, 1024)}
	mutex.Lock()
	clients[c] = true
	mutex.Unlock()
	defer func() {
		mutex.Lock()
		delete(clients, c)
		mutex.Unlock()
		close(c.output)
	}()
	go func() {
		for message := range c.output {
			if connection.WritePreparedMessage(message) != nil {
				return
			}
		}
	}()
	for {
		kind, message, err := connection.ReadMessage()
		if err != nil {
			return
		}
		prepared, err := websocket.NewPreparedMessage(kind, message)
		if err != nil {
			return
		}
		mutex.RLock()
		for other := range clients {
			other.output <- prepared
		}
		mutex.RUnlock()
	}
}
