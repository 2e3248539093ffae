"""The four personas, a module each: whole sentences, made under the language that is spoken."""
