"""What each bounded process needs: loaded once, before they are started."""

import pandas as pd

pd.Series(
    ["a"]
)  # the arena of pyarrow's allocator, a GB of addresses, is reserved at the first use
