"""Knowledge packs: a collection as one file that another installation takes over."""
