"""Turn plans, runs, findings and packs into text, CSV, Excel and HTML, in Japanese and English."""
