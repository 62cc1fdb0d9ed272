"""A simulated QuickBooks Desktop: a company file and a Web Connector, with facts of their own."""
