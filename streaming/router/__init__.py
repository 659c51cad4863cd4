"""The alert router: enriched articles in, one alert per client and story out, to Postgres first and then to the RMs."""
