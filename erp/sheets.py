"""Reading CSV and XLSX tables with a mapping, and writing them safe for people."""
