"""Drafts on the screen: the folder of request files, and the editor of one of them."""
