"""What each kind of file must hold: rules as data (the YAML files here), and their translation to Spark SQL."""
