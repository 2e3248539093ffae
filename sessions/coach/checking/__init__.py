"""Reading a text as a doubter would: what does it claim, and is there a fact for it?"""
