import { createServer } from 'node:http';

const orders = [];

createServer((request, response) => {
  if (request.method === 'POST') orders.push(`order ${orders.length + 1}`);
  response.writeHead(request.method === 'POST' ? 201 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(orders));
}).listen(Number(process.env.PORT ?? 8080));
