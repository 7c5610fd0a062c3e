// read from the disk, a page may not fetch another: the search then lists titles without a piece of the text
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
