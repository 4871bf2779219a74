"""What a debtor may be asked for beside principal and interest: letter fees, salær, compensation, court charges."""
