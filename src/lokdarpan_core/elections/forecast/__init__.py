"""The forecast of a ward's next election: expected shares, chances to win, and how sure they are (docs/forecast.md).

The modules in the order of a forecast: `arrays` (the panel as numbers), `levels` (how each party does in the region
over time), `history` (what is known of each party in each ward), `standing` (will it stand?), `strength` (how strong
is it if it does?), `doubt` (how far off were such forecasts?), `draws` (many possible elections), `walk` (one election
after the other, each forecast from its past alone), `ward` (a ward's forecast, for people).

numpy is imported by these modules only; import them where a forecast is made.
"""
