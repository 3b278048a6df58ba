"""The forecast of a ward's next election: expected shares, chances to win, and how sure they are (docs/forecast.md).

The modules in the order of a forecast: `arrays` (the panel as numbers), `levels` (how each party does in the region
over time), `history` (what is known of each party in each ward), `standing` (will it stand?), `strength` (how strong
is it if it does?), `doubt` (how far off were such forecasts?), `draws` (many possible elections), `walk` (one election
after the other, each forecast from its past alone), `ward` (a ward's forecast, for people). Then its way to an answer:
`region` (the next election, and a region's panel, from the database), `standing_file` (who stands), `refreshing`
(forecast every ward, and keep it), `stored` (what is kept, and whether it still holds).

numpy is imported by the modules up to `ward`; import them where a forecast is made.
"""
