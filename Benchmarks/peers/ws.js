// The peer of node's `ws`: `node ws.js echo|broadcast PORT`.
'use strict'
const { WebSocketServer } = require('ws')

const [mode, port] = [process.argv[2], Number(process.argv[3])]
const server = new WebSocketServer({
  host: '127.0.0.1', port, backlog: 4096, perMessageDeflate: false, maxPayload: 64 << 20
})
server.on('connection', socket => {
  socket.on('error', () => {})
  socket.on('message', (data, isBinary) => {
    if (mode === 'echo') return socket.send(data, { binary: isBinary })
    for (const client of server.clients) {
      if (client.readyState === 1) client.send(data, { binary: isBinary })
    }
  })
})
