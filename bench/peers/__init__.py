"""Other people's Web Connector servers, when they are installed; the product never imports them."""
