// quickbooks-js as its own bin/run starts it, with a queue of ready-made requests.
const fs = require('fs');
const Server = require('quickbooks-js');

const server = new Server();
server.setQBXMLHandler({
  fetchRequests: (callback) => callback(null, JSON.parse(fs.readFileSync(process.env.REQUESTS, 'utf8'))),
  handleResponse: () => {},
  didReceiveError: () => {},
});
server.run();
