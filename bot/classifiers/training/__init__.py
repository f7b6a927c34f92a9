"""Training the shipped model: data, fitting, export, evaluation. Needs the `ml` extra; nothing here runs in the bot."""
