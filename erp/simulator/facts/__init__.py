"""Facts about qbXML 13.0 (US edition): element order, occurrence and lengths of the messages simulated here."""
