// The peer of node's `ws`: `node ws.js echo|broadcast PORT [CERTIFICATE KEY]`.
'use strict'
const { readFileSync } = require('fs')
const https = require('https')
const { WebSocketServer } = require('ws')

const [mode, port, certificate, key] = process.argv.slice(2)
const address = { host: '127.0.0.1', port: Number(port), backlog: 4096 }
const options = { perMessageDeflate: false, maxPayload: 64 << 20 }
let server
if (certificate) {
  const secure = https.createServer({ cert: readFileSync(certificate), key: readFileSync(key) })
  server = new WebSocketServer({ ...options, server: secure })
  secure.listen(address)
} else {
  server = new WebSocketServer({ ...options, ...address })
}
server.on('connection', socket => {
  socket.on('error', () => {})
  socket.on('message', (data, isBinary) => {
    if (mode === 'echo') return socket.send(data, { binary: isBinary })
    for (const client of server.clients) {
      if (client.readyState === 1) client.send(data, { binary: isBinary })
    }
  })
})
