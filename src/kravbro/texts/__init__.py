"""Sentences for people, in bokmål, nynorsk and English: code carries codes and parameters, this package the words."""
